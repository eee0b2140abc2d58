/**
 * Crash-safe files in folders that nothing leads out of: confined paths,
 * atomic writes, and the lock that the Go plugins take too. What is done to a
 * {@linkcode StateDir} is synchronous; what the system refuses there becomes
 * an error with a CNI code.
 *
 * @module
 */
export { checksum } from "./checksum.ts";
export { confinePath, isPermitted, type PathOrigin } from "./confine_path.ts";
export { acquireFileLock, tryFileLock, useLockWait } from "./file_lock.ts";
export { fitFileName } from "./fit_file_name.ts";
export { isOnTmpfs } from "./is_on_tmpfs.ts";
export { normalizePath, type Os, type PathRules } from "./normalize_path.ts";
export { hostFilePath, readHostFile } from "./read_host_file.ts";
export { readRegularFile } from "./read_regular_file.ts";
export { openStateDir, StateDir, type StateDirOptions } from "./state_dir.ts";
