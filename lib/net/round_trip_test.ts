import { assertEquals } from "@std/assert";
import {
  type Address,
  addressBits,
  formatAddress,
  formatCidr,
  hasHostBits,
  lastAddressOf,
  networkOf,
  parseAddress,
  parseCidr,
} from "./mod.ts";

const SAMPLES = 1000;

/** Random 32-bit numbers, the same in every run (xorshift, Marsaglia 2003). */
function* randomNumbers(): Generator<number, never> {
  let state = 0x2545f491;
  while (true) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield state >>> 0;
  }
}

/** Half are IPv6, with zero groups often enough for every shape of `::`. */
function* randomAddresses(): Generator<Address> {
  const numbers = randomNumbers();
  const next = () => numbers.next().value;
  for (let i = 0; i < SAMPLES; i++) {
    yield { family: 4, value: BigInt(next()) };
    let value = 0n;
    for (let group = 0; group < 8; group++) {
      const bits = [0, 0, next() & 0xf, next() & 0xffff][next() & 3]!;
      value = value << 16n | BigInt(bits);
    }
    yield { family: 6, value };
  }
}

Deno.test("formatAddress(), then parseAddress(), is the identity", () => {
  for (const address of randomAddresses()) {
    const text = formatAddress(address);
    assertEquals(parseAddress(text), address, text);
    assertEquals(parseAddress(text.toUpperCase()), address, text);
  }
});

Deno.test("formatAddress() writes IPv6 as the runtime's own URL does", () => {
  for (const address of randomAddresses()) {
    const text = formatAddress(address);
    const host = address.family === 6 ? `[${text}]` : text;
    assertEquals(new URL(`http://${host}/`).hostname, host);
  }
});

Deno.test("parseAddress() reads IPv6 with nothing left out", () => {
  for (const address of randomAddresses()) {
    if (address.family === 4) continue;
    const digits = address.value.toString(16).padStart(32, "0");
    const text = digits.match(/.{4}/g)!.join(":");
    assertEquals(parseAddress(text), address, text);
  }
});

Deno.test("formatCidr(), then parseCidr(), is the identity", () => {
  const numbers = randomNumbers();
  for (const address of randomAddresses()) {
    const bits = addressBits(address.family);
    const prefixBits = numbers.next().value % (bits + 1);
    const cidr = { address, prefixBits };
    assertEquals(parseCidr(formatCidr(cidr)), cidr);
    const network = networkOf(cidr);
    assertEquals(hasHostBits(network), false);
    const size = lastAddressOf(cidr).value - network.address.value + 1n;
    assertEquals(size, 1n << BigInt(bits - prefixBits));
  }
});
