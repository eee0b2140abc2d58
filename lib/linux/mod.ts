/**
 * All that touches a Linux kernel: steps for `ip` and for kernel parameters,
 * in the host's and the container's network namespace, with their undo; links
 * as the kernel reports them.
 *
 * The files without `_linux` in their name only compute and run anywhere.
 *
 * @module
 */
export * from "./apply_linux.ts";
export { inSandbox, isSafeWord, reasonOf, wordLines } from "./batch.ts";
export * from "./command.ts";
export { exactNameTest, isIndexName } from "./exact_names.ts";
export * from "./link.ts";
export * from "./link_owner.ts";
export * from "./link_state_linux.ts";
export * from "./list_links_linux.ts";
export { hostNetnsWord, netnsWord } from "./netns_word_linux.ts";
export { PASSED_ON, programEnvironment } from "./program_environment.ts";
export { quote } from "./quote.ts";
export * from "./read_link_linux.ts";
export { runFaithfully } from "./run_faithfully.ts";
export * from "./sandbox_linux.ts";
export * from "./sandbox_script_linux.ts";
export { sha512Hex } from "./sha512.ts";
export { Shell } from "./shell_linux.ts";
export * from "./shell_source_linux.ts";
export { Shells } from "./shells_linux.ts";
export * from "./step.ts";
export * from "./step_text.ts";
export * from "./undo.ts";
