// @ts-self-types="./jsonc_parse.d.ts"
export * from "deno-std/jsonc/parse.js";
