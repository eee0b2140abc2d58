import type { HostBus, HostDevices } from "./devices.ts";
import type { DeviceSelector } from "./selector.ts";

/**
 * The shell script that looks into /sys, which this program itself may not.
 * Each line that it prints is read by {@linkcode parseSysfs}.
 *
 * @returns `undefined` if there is nothing to look for.
 */
export function sysfsScript(
  { kernelPath, bus }: DeviceSelector,
): string | undefined {
  if (kernelPath === undefined && bus === undefined) return undefined;
  // The texts were checked to be without a quote.
  return LIST +
    (kernelPath === undefined ? "" : `list path '${kernelPath}'\n`) +
    (bus === undefined ? "" : busScript(bus.id));
}

/** Reads what the script has printed. */
export function parseSysfs(stdout: string): Omit<HostDevices, "links"> {
  const pairs = stdout.split("\n").map((line) => {
    const [key = "", ...rest] = line.split(" ");
    return { key, value: rest.join(" ") };
  });
  const valuesOf = (key: string) =>
    pairs.filter((pair) => pair.key === key).map(({ value }) => value);
  const [kind] = valuesOf("bus");
  const pathNames = valuesOf("path");
  if (kind !== "pci" && kind !== "auxiliary") return { pathNames };
  const bus: HostBus = {
    kind,
    names: valuesOf("name"),
    driver: valuesOf("driver")[0]?.split("/").at(-1) ?? "",
  };
  return { pathNames, bus };
}

const LIST = `list() {
for one in "$2"/net/*; do
[ ! -e "$one" ] || echo "$1 \${one##*/}"
done
}
`;

// A virtio device's link is one folder deeper.
function busScript(id: string): string {
  return `pci='/sys/bus/pci/devices/${id}'
auxiliary='/sys/bus/auxiliary/devices/${id}'
if [ -e "$pci" ]; then
echo 'bus pci'
[ ! -e "$pci/driver" ] || echo "driver $(readlink "$pci/driver")"
list name "$pci"
[ -e "$pci/net" ] || for one in "$pci"/virtio*; do list name "$one"; done
elif [ -e "$auxiliary" ]; then
echo 'bus auxiliary'
list name "$auxiliary"
fi
`;
}
