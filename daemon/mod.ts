/**
 * The resident mode: a daemon that runs the plugins' calls, which shims hand
 * over to it by a Unix socket.
 *
 * @module
 */
export { type DaemonContext, runDaemon } from "./run_daemon_linux.ts";
