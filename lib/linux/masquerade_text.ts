import {
  byFamily,
  iptablesOwner,
  newChainScripts,
} from "./iptables_masquerade.ts";
import type { Masquerade, MasqueradeBackend } from "./masquerade.ts";
import { additionScript, nftablesOwner } from "./nftables_masquerade.ts";

/** The commands that add a masquerade's rules, as a person would type them. */
export async function masqueradeText(
  masquerade: Masquerade,
  backend: MasqueradeBackend,
): Promise<readonly string[]> {
  if (backend === "nftables") {
    const owner = await nftablesOwner(masquerade);
    return lines(additionScript(masquerade, owner, []))
      .map((line) => `nft '${line}'`);
  }
  const owner = await iptablesOwner(masquerade);
  return byFamily(masquerade).flatMap(({ family, ips }) => {
    const program = family === 4 ? "iptables" : "ip6tables";
    return lines(newChainScripts(owner, ips).apply)
      .filter((line) => line.startsWith("-"))
      .map((line) => `${program} -t nat ${line}`);
  });
}

function lines(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}
