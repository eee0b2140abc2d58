/**
 * The systemd unit of the daemon, for a folder of plugins: what
 * `deploy/cni-daemon.service` is for `/opt/cni/bin`.
 *
 * @param binDir The folder that holds `cni`; absolute.
 */
export function daemonUnit(binDir: string): string {
  // A unit reads "%" as the beginning of a specifier.
  const program = `${binDir.replaceAll("%", "%%")}/cni`;
  const word = /^[\w/.%+:@-]+$/.test(program)
    ? program
    : `"${program.replace(/["\\]/g, "\\$&")}"`;
  return `# Runs the CNI plugins in resident mode (docs/resident.md). Without it, or while
# it is stopped, every call is executed as ever.
[Unit]
Description=CNI plugins in resident mode
Documentation=file:///usr/share/doc/cni-toolkit/resident.md
# Calls before it is there are executed, so nothing depends on this order.
Before=containerd.service crio.service docker.service kubelet.service podman.service

[Service]
ExecStart=${word} daemon --log-level warn
Restart=always
RestartSec=1
# SIGTERM: what runs is finished, what waits is left to the shims.
TimeoutStopSec=90
WorkingDirectory=/
UMask=0077
MemoryMax=256M
TasksMax=4096
OOMScoreAdjust=-500
# Only what leaves it in the host's mount and network namespaces: a call from
# any other is declined. No Protect..., Private... or ReadOnlyPaths= here.
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
KeyringMode=private

[Install]
WantedBy=multi-user.target
`;
}
