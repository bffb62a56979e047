/** What every lock protocol shares: the protected resource, and the judge of belief and effect. */
export { refuseWeakEnsemble } from './ensemble.ts';
export { refuseUselessFence } from './useless-fence.ts';
export { lockFigureNames, lockFigures } from './figures.ts';
export { inMs } from './in-ms.ts';
export { lockInvariants } from './invariants.ts';
export { resourceLane, workerLane } from './lane.ts';
export { excludes, LockJudge } from './lock-judge.ts';
export type { Grant, LockMeasures } from './lock-judge.ts';
export { describeResource, ResourceNode } from './resource.ts';
export { resourceMessageTypes } from './resource-messages.ts';
export type { ResourceRead, ResourceReply, ResourceWrite } from './resource-messages.ts';
export { unfitSlash } from './unfit-slash.ts';
export { LOOK_UP_US, LockWorker } from './worker.ts';
export type { HeldLock, LockService, WorkerConfig } from './worker.ts';
