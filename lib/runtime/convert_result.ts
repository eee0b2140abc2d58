import {
  IMPLIED_VERSION,
  type JsonObject,
  parseResult,
  resultToJson,
} from "../spec/mod.ts";

/**
 * Puts a result into the shape of another version; one that has it already is
 * checked and left as it is.
 *
 * @param object A result; without `cniVersion` it is of version 0.1.0.
 * @param version The version wanted; empty is 0.1.0.
 * @throws {CniError} Code 1 if a version is unknown or cannot express the
 * result, code 7 if it is no result.
 */
export function convertResult(
  object: JsonObject,
  version: string,
): JsonObject {
  const own = typeof object.cniVersion === "string" && object.cniVersion !== ""
    ? object.cniVersion
    : IMPLIED_VERSION;
  const wanted = version || IMPLIED_VERSION;
  const result = parseResult({ ...object, cniVersion: own }, own);
  return own === wanted ? object : resultToJson(result, wanted);
}
