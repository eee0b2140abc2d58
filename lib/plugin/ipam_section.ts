import { CniCode, CniError, type Fields } from "../spec/mod.ts";

/**
 * The `ipam` section, for an IPAM plugin, which has nothing to read without.
 *
 * @param example What a section looks like, to follow "such as".
 * @throws {CniError} Code 7 if there is none.
 */
export function ipamSection(fields: Fields, example: string): Fields {
  const ipam = fields.fields("ipam");
  if (ipam !== undefined) return ipam;
  throw new CniError(CniCode.InvalidConfig, "IPAM config missing 'ipam' key", {
    details: `ipam is nothing: expected an object such as ${example}`,
  });
}
