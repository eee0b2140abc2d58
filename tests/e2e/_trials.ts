/**
 * Has the next STATUS try all again: where `/run` is in memory, what worked
 * shortly before is not tried.
 */
export function forgetTrials(): void {
  try {
    Deno.removeSync("/run/cni/status", { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
