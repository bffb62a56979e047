import { createCampaignTest } from './campaign/testing/campaign-test.ts';
import type { RegisterTest } from './campaign/testing/runner.ts';
import { createSimTest } from './campaign/testing/sim-test.ts';
import { campaignFailure, seedFailure, type RerunTest } from './report/test-failure.ts';

/** What a test runner is to splitbrain: how a test is registered, and how one is run again by hand. */
export interface RunnerFace {
  readonly register: RegisterTest;
  readonly rerun: RerunTest;
}

/** `simTest` for any runner: `simTestWith({ register: (name, body, timeout) => test(name, { timeout }, body), rerun })`. */
export function simTestWith(face: RunnerFace): ReturnType<typeof createSimTest> {
  return createSimTest(face.register, (failed) => seedFailure(failed, face.rerun), process.env);
}

/** `campaign` for any runner. */
export function campaignWith(face: RunnerFace): ReturnType<typeof createCampaignTest> {
  return createCampaignTest(
    face.register,
    (failed) => campaignFailure(failed, face.rerun),
    process.env,
  );
}

export type { CampaignTestOptions } from './campaign/testing/campaign-test.ts';
export type { SimTestOptions } from './campaign/testing/sim-test.ts';
export type { FaultPlan, NodeSource, SimWorld } from './campaign/testing/sim-world.ts';
