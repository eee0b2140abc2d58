/** Where a daemon listens and shims look for it, unless told another place. */
export const DAEMON_SOCKET = "/run/cni/daemon.sock";
