import type { Boot, Boots } from "./boot.ts";

/** The present boot, as far as it is known without asking the kernel. */
export interface PresentBoot {
  /** May become more by {@linkcode PresentBoot.confirm}. */
  readonly ids: Boots;
  /**
   * Asks the kernel, once; to be called before anything is freed for being
   * older than `ids`.
   *
   * @returns Whether `ids` are now certainly all boots that are not over.
   */
  confirm(): boolean;
}

/** The present boot, if there is one, where there is nothing left to ask. */
export function certainBoot(boot: Boot | undefined): PresentBoot | undefined {
  return boot === undefined ? undefined : { ids: [boot], confirm: () => true };
}
