/** How the daemon of a folder of plugins is started. */
export function residentAdvice(binDir: string): string {
  return `Start the daemon: systemctl daemon-reload && systemctl enable cni-daemon && systemctl restart cni-daemon
Without systemd: cd / && ${binDir}/cni daemon (as root, restarted when it ends)
`;
}
