import { assertEquals } from "@std/assert";
import { validAttachmentsOf } from "../../../lib/spec/mod.ts";
import { requestWith } from "../testing/mod.ts";
import { AttachmentNotes } from "./attachment_notes.ts";

/** What the notes in a folder of their own say, by their names. */
function withNotes(
  run: (notes: AttachmentNotes, read: () => Record<string, string>) => void,
): void {
  const above = Deno.realPathSync(Deno.makeTempDirSync());
  const folder = `${above}/x`;
  const read = () =>
    Object.fromEntries(
      [...Deno.readDirSync(folder)].map(({ name }) => [
        name,
        Deno.readTextFileSync(`${folder}/${name}`),
      ]),
    );
  try {
    run(new AttachmentNotes("x", above), read);
  } finally {
    Deno.removeSync(above, { recursive: true });
  }
}

/** An ADD of `c1`, or another container. */
function addOf(name: string, containerId = "c1") {
  return requestWith({ name }, { containerId });
}

Deno.test("AttachmentNotes.make() replaces a note that was left", () => {
  withNotes((notes, read) => {
    // Another program does its DEL, and the ids come again in another network.
    notes.make(addOf("net1"));
    const undo = notes.make(addOf("net2"));
    assertEquals(read(), { c1_eth0: "net2" });
    undo();
    assertEquals(read(), { c1_eth0: "net1" });
  });
});

Deno.test("AttachmentNotes.make() takes back only what it has made", () => {
  withNotes((notes, read) => {
    const undo = notes.make(addOf("net1"));
    notes.make(addOf("net1"))();
    assertEquals(read(), { c1_eth0: "net1" });
    undo();
    assertEquals(read(), {});
  });
});

Deno.test("AttachmentNotes.collect() drops what was left in its network", () => {
  withNotes((notes, read) => {
    notes.make(addOf("net1"));
    notes.make(addOf("net1", "valid"));
    notes.make(addOf("net2", "other"));
    const list = [{ containerID: "valid", ifname: "eth0" }];
    const { config } = requestWith({ "cni.dev/valid-attachments": list });
    notes.collect("net1", validAttachmentsOf(config)!);
    assertEquals(read(), { valid_eth0: "net1", other_eth0: "net2" });
  });
});
