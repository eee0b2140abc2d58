import { assertEquals } from "@std/assert";
import { CniCode } from "./code.ts";
import { assertRefuses } from "./_testing.ts";
import {
  checkContainerId,
  checkIfname,
  checkLinkName,
  checkNetworkName,
} from "./names.ts";

/** What neither a container id nor a network name may be. */
const BAD_IDENTIFIERS = {
  "dot first": ".a",
  "dash first": "-a",
  "underscore first": "_a",
  "parent folder": "..",
  "path": "a/b",
  "path out of the folder": "a/../../b",
  "backslash": "a\\b",
  "blank": "a b",
  "newline last": "a\n",
  "newline inside": "a\nb",
  "quote": 'a"b',
  "single quote": "a'b",
  "semicolon": "a;b",
  "colon": "a:b",
  "at": "a@b",
  "NUL": "a\u0000",
  "not ASCII": "é",
  "digits of other scripts": "\u0661",
};

const GOOD_IDENTIFIERS = ["a", "Z", "0", "a.b-c_d", "a..b", "x".repeat(300)];

Deno.test("checkContainerId() takes ids of any length", () => {
  for (const text of GOOD_IDENTIFIERS) checkContainerId(text);
});

Deno.test("checkContainerId() refuses other ids", async (t) => {
  for (const [why, text] of Object.entries(BAD_IDENTIFIERS)) {
    await t.step(why, () => {
      assertRefuses(
        () => checkContainerId(text),
        CniCode.InvalidEnvironment,
        "CNI_CONTAINERID",
        JSON.stringify(text),
        "expected letters",
      );
    });
  }
});

Deno.test("checkContainerId() has a code of its own for an empty id", () => {
  const said = "CNI_CONTAINERID is empty";
  assertRefuses(() => checkContainerId(""), CniCode.UnknownContainer, said);
});

Deno.test("checkNetworkName() takes names of any length", () => {
  for (const text of GOOD_IDENTIFIERS) checkNetworkName(text);
});

Deno.test("checkNetworkName() refuses other names", async (t) => {
  const said = ["missing network name", "name is absent or empty"];
  assertRefuses(() => checkNetworkName(""), CniCode.InvalidConfig, ...said);
  for (const [why, text] of Object.entries(BAD_IDENTIFIERS)) {
    await t.step(why, () => {
      assertRefuses(
        () => checkNetworkName(text),
        CniCode.InvalidConfig,
        "name is",
        JSON.stringify(text),
        "expected letters",
      );
    });
  }
});

const GOOD_LINK_NAMES = {
  "common": "eth0",
  "one byte": "a",
  "15 bytes": "abcdefghijklmno",
  "15 bytes, 5 characters": "日日日日日",
  "dots inside": "cni0.100",
  "three dots": "...",
  "dash first": "-a",
  "signs that mean nothing": "a+b=c,d~e^f_g",
};

const BAD_LINK_NAMES: Record<string, readonly [name: string, why: string]> = {
  "empty": ["", "is empty"],
  "16 bytes": ["abcdefghijklmnop", "is too long"],
  "18 bytes, 6 characters": ["日日日日日日", "is too long"],
  "16 bytes, 15 characters": ["éabcdefghijklmn", "is too long"],
  "this folder": [".", "is . or .."],
  "parent folder": ["..", "is . or .."],
  "slash": ["a/b", "contains / or :"],
  "colon": ["eth0:1", "contains / or :"],
  "blank": ["a b", "whitespace"],
  "tab": ["a\tb", "whitespace"],
  "newline inside": ["a\nb", "whitespace"],
  "newline last": ["eth0\n", "whitespace"],
  "carriage return": ["a\r", "whitespace"],
  "next line, U+0085": ["a\u0085", "whitespace"],
  "no-break space": ["a\u00a0", "whitespace"],
  "line separator": ["a\u2028", "whitespace"],
  "ideographic space": ["a\u3000", "whitespace"],
  "quote": ['a"', "quotes"],
  "single quote": ["a'", "quotes"],
  "backquote": ["a`", "quotes"],
  "comment sign": ["#a", "quotes"],
  "backslash": ["a\\", "quotes"],
  "kernel's numbering": ["eth%d", "quotes"],
  "peer sign of ip's output": ["a@b", "quotes"],
  "semicolon": ["a;b", "quotes"],
  "brace": ["a{", "quotes"],
  "dollar sign": ["a$b", "quotes"],
  "ampersand": ["a&b", "quotes"],
  "pipe": ["a|b", "quotes"],
  "angle bracket": ["a<b", "quotes"],
  "star": ["a*", "quotes"],
  "NUL": ["a\u0000", "special characters"],
  "escape": ["a\u001b", "special characters"],
  "delete": ["a\u007f", "special characters"],
};

Deno.test("checkIfname() takes what the kernel takes", async (t) => {
  for (const [why, name] of Object.entries(GOOD_LINK_NAMES)) {
    await t.step(why, () => checkIfname(name));
  }
});

Deno.test("checkIfname() takes U+FEFF, which Go does not call white space", () => {
  checkIfname("a\ufeff");
});

Deno.test("checkIfname() refuses names that could mean something else", async (t) => {
  for (const [why, [name, fault]] of Object.entries(BAD_LINK_NAMES)) {
    await t.step(why, () => {
      const code = CniCode.InvalidEnvironment;
      const said = ["CNI_IFNAME is", JSON.stringify(name), "expected 1 to 15"];
      assertRefuses(() => checkIfname(name), code, fault, ...said);
    });
  }
});

Deno.test("checkLinkName() judges as checkIfname() and names the key", async (t) => {
  for (const name of Object.values(GOOD_LINK_NAMES)) {
    assertEquals(checkLinkName(name, "bridge"), undefined);
  }
  for (const [why, [name, fault]] of Object.entries(BAD_LINK_NAMES)) {
    await t.step(why, () => {
      const said = ["bridge is", JSON.stringify(name), "expected 1 to 15"];
      const code = CniCode.InvalidConfig;
      assertRefuses(() => checkLinkName(name, "bridge"), code, fault, ...said);
    });
  }
});
