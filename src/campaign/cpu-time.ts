/** Milliseconds of processor time: this thread's where Node tells them (23.9 on), else the whole process'. */
export function cpuTimeMs(): number {
  const thread = process as { threadCpuUsage?: () => { user: number; system: number } };
  const { user, system } = thread.threadCpuUsage?.() ?? process.cpuUsage();
  return (user + system) / 1_000;
}
