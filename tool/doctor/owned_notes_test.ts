import { assertEquals } from "@std/assert";
import type { Shown } from "../inventory.ts";
import { ownedNotes } from "./owned_notes.ts";

const ATTACHED: Shown = {
  ...{ network: "net1", containerId: "c1", ifname: "eth0" },
  ...{ addresses: [], netns: "/run/netns/c1", isThere: true, publishes: false },
};

Deno.test({
  name: "ownedNotes() finds notes of what is not attached, in every folder",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.mkdir(`${folder}/portmap`);
      await Deno.mkdir(`${folder}/tuning/.cni`, { recursive: true });
      const names = [
        ...["portmap/c1_eth0", "portmap/c2_eth0", "tuning/.cni/c1_eth0.json"],
        ...["tuning/.cni/c1_eth1.json", "tuning/.cni/other"],
      ];
      for (const name of names) {
        await Deno.writeTextFile(`${folder}/${name}`, "net1");
      }
      const found = ownedNotes([ATTACHED], folder);
      assertEquals(found, [
        {
          what: `note ${folder}/portmap/c2_eth0`,
          network: "net1",
          containerId: "c2",
        },
        {
          what: `note ${folder}/tuning/.cni/c1_eth1.json`,
          network: "net1",
          containerId: "c1",
        },
      ]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
