import { AttachmentNotes } from "../../shared/chained/mod.ts";

/** Tell of the attachments whose ports an ADD has mapped. */
export const portmapNotes: AttachmentNotes = new AttachmentNotes("portmap");
