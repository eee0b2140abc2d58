import type { Request } from "../../../lib/plugin/mod.ts";
import { CniError } from "../../../lib/spec/mod.ts";
import type { AttachmentNotes } from "./attachment_notes.ts";
import type { Executor } from "./executor.ts";

/**
 * Has an ADD note that there is something to take back. Without a note, as on a
 * file system that cannot be written, only a DEL whose configuration tells of it
 * takes it back; that is told, and no error.
 */
export async function noteAttachment(
  request: Request,
  notes: AttachmentNotes,
  { act, undo, warn }: Executor,
): Promise<void> {
  const path = notes.pathOf(request);
  const purpose = "note for DEL that there is something to take back";
  await act(
    [{ purpose, command: `echo ${request.config.name} >${path}` }],
    () => {
      try {
        const forget = notes.make(request);
        undo.push(() => Promise.resolve(forget()));
      } catch (error) {
        if (!(error instanceof CniError)) throw error;
        warn(`Cannot leave a note for DEL: ${error}`);
      }
    },
  );
}

/**
 * Has a DEL forget a note. One that stays has a later DEL look in vain, and is
 * no error.
 */
export async function forgetAttachment(
  request: Request,
  notes: AttachmentNotes,
  { act, warn }: Executor,
): Promise<void> {
  if (!notes.has(request)) return;
  const purpose = "forget that there is something to take back";
  const command = `rm -f ${notes.pathOf(request)}`;
  await act([{ purpose, command }], () => {
    try {
      notes.remove(request);
    } catch (error) {
      if (!(error instanceof CniError)) throw error;
      warn(`Cannot remove a note: ${error}`);
    }
  });
}
