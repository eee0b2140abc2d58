/** Sizes and places in the file, in bytes. */
const PE_OFFSET = 0x80;
const OPTIONAL_HEADER_BYTES = 240;
const HEADERS_BYTES = 0x400;
const SECTION_BYTES = 0x200;

/**
 * The smallest Windows program (PE32+, x64) that tools accept as one: one
 * section, whose code returns at once. It stands in for the runtime when only
 * the compile step is looked at.
 */
export function minimalPe(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADERS_BYTES + SECTION_BYTES);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string) =>
    bytes.set(new TextEncoder().encode(value), at);
  const u16 = (at: number, value: number) => view.setUint16(at, value, true);
  const u32 = (at: number, value: number) => view.setUint32(at, value, true);

  text(0, "MZ");
  u32(0x3c, PE_OFFSET);

  text(PE_OFFSET, "PE\0\0");
  const coff = PE_OFFSET + 4;
  u16(coff, 0x8664); // Machine: x64
  u16(coff + 2, 1); // Sections
  u16(coff + 16, OPTIONAL_HEADER_BYTES);
  u16(coff + 18, 0x22); // Executable, can use large addresses

  const optional = coff + 20;
  u16(optional, 0x20b); // PE32+
  u32(optional + 4, SECTION_BYTES); // Code
  u32(optional + 16, 0x1000); // Entry point
  u32(optional + 20, 0x1000); // Base of code
  view.setBigUint64(optional + 24, 0x140000000n, true); // Image base
  u32(optional + 32, 0x1000); // Alignment of sections in memory
  u32(optional + 36, 0x200); // Alignment of sections in the file
  u16(optional + 40, 6); // Version of the system
  u16(optional + 48, 6); // Version of the subsystem
  u32(optional + 56, 0x2000); // Size of the image
  u32(optional + 60, HEADERS_BYTES);
  u16(optional + 68, 3); // Subsystem: console
  view.setBigUint64(optional + 72, 0x100000n, true); // Stack, reserved
  view.setBigUint64(optional + 80, 0x1000n, true); // Stack, used
  view.setBigUint64(optional + 88, 0x100000n, true); // Heap, reserved
  view.setBigUint64(optional + 96, 0x1000n, true); // Heap, used
  u32(optional + 108, 16); // Data directories, all empty

  const section = optional + OPTIONAL_HEADER_BYTES;
  text(section, ".text");
  u32(section + 8, SECTION_BYTES); // Size in memory
  u32(section + 12, 0x1000); // Place in memory
  u32(section + 16, SECTION_BYTES); // Size in the file
  u32(section + 20, HEADERS_BYTES); // Place in the file
  u32(section + 36, 0x60000020); // Code, executable, readable

  bytes[HEADERS_BYTES] = 0xc3; // ret
  return bytes;
}
