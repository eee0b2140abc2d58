// @ts-self-types="./yaml_parse.d.ts"
export * from "deno-std/yaml/parse.js";
