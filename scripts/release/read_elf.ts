/** What the header of a Linux program says. */
export interface Elf {
  /** `e_machine`: 62 for x64, 183 for arm64. */
  readonly machine: number;
  /** Whether it runs without a dynamic linker. */
  readonly isStatic: boolean;
}

/** `p_type` of a segment that names the dynamic linker. */
const PT_INTERP = 3;

/**
 * Reads the header of a program for a 64-bit little-endian machine.
 *
 * @throws {SyntaxError} If it is not one.
 */
export function readElf(bytes: Uint8Array): Elf {
  const magic = [0x7f, 0x45, 0x4c, 0x46, 2, 1];
  if (!magic.every((byte, index) => bytes[index] === byte)) {
    throw new SyntaxError(
      "Cannot read the program: it is not ELF of 64 bits, little-endian",
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = Number(view.getBigUint64(32, true));
  const size = view.getUint16(54, true);
  const types = Array.from(
    { length: view.getUint16(56, true) },
    (_, index) => view.getUint32(start + index * size, true),
  );
  const machine = view.getUint16(18, true);
  return { machine, isStatic: !types.includes(PT_INTERP) };
}
