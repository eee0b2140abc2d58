import { compareAddresses, formatAddress } from "../../../lib/net/mod.ts";
import type { Plan, PlannedAct, Request } from "../../../lib/plugin/mod.ts";
import { allocate } from "./allocate.ts";
import { parseDataDir } from "./config.ts";
import { fileOf } from "./disk_store.ts";
import { addResult, ownerOf, readAdd } from "./add_input.ts";
import type { ReadBoot } from "./read_boot.ts";
import { reservationsOf } from "./reservations.ts";
import { copyReservations } from "./reservations_copy.ts";

/**
 * Says what a command would do, and does none of it. The addresses of an ADD
 * are those that are next in turn now.
 */
export function planHostLocal(request: Request, readBoot: ReadBoot): Plan {
  switch (request.command) {
    case "ADD":
      return planAdd(request, readBoot);
    case "DEL":
      return planFiles(request, (text, file) => ({
        purpose: `free the address ${text}`,
        command: `rm ${file}`,
      }));
    default:
      return planFiles(request, (text, file) => ({
        purpose: `see whether ${text} is still reserved`,
        command: `cat ${file}`,
      }));
  }
}

function planAdd(request: Request, readBoot: ReadBoot): Plan {
  const add = readAdd(request);
  const { dataDir, sets, reclaimAfterReboot } = add.config;
  const network = request.config.name;
  const told = reclaimAfterReboot ? readBoot({ leavesNote: false }) : undefined;
  const boot = told?.confirm() ? told : undefined;
  const setCount = sets.length;
  const present = boot?.ids;
  const copy = { dataDir, network, setCount, present };
  const reservations = copyReservations(copy);
  const owner = ownerOf(request);
  const { requested } = add;
  const wanted = { owner, sets, requested, boot };
  const allocations = allocate(reservations, wanted);
  return {
    acts: allocations.map(({ cidr: { address } }) => {
      const file = `${reservations.place}/${fileOf(address)}`;
      return {
        purpose: `reserve the address ${formatAddress(address)}, in ${file}`,
      };
    }),
    result: addResult(add, allocations),
  };
}

/** One act for each file that the container's interface has. */
function planFiles(
  request: Request,
  act: (address: string, file: string) => PlannedAct,
): Plan {
  const dataDir = parseDataDir(request.config.fields);
  const network = request.config.name;
  const reservations = copyReservations({ dataDir, network });
  const addresses = reservationsOf(reservations, ownerOf(request))
    .map(({ address }) => address).toSorted(compareAddresses);
  return {
    acts: addresses.map((address) =>
      act(formatAddress(address), `${reservations.place}/${fileOf(address)}`)
    ),
  };
}
