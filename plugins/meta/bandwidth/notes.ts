import { AttachmentNotes } from "../../shared/chained/mod.ts";

/** Tell of the attachments that an ADD has limited. */
export const bandwidthNotes: AttachmentNotes = new AttachmentNotes("bandwidth");
