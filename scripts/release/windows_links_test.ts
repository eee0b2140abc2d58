import { assertEquals } from "@std/assert";
import { windowsLinkScript } from "./windows_links.ts";

Deno.test("windowsLinkScript() makes each link, or else a copy", () => {
  const lines = windowsLinkScript("cni.exe", ["cnitool.exe", "flannel.exe"])
    .split("\r\n");
  assertEquals(lines, [
    "@echo off",
    "rem Makes a hard link to the program, or else a copy, for each applet.",
    'cd /d "%~dp0"',
    "if exist cnitool.exe del cnitool.exe",
    "mklink /h cnitool.exe cni.exe >nul 2>nul || copy /b /y cni.exe cnitool.exe >nul || exit /b 1",
    "if exist flannel.exe del flannel.exe",
    "mklink /h flannel.exe cni.exe >nul 2>nul || copy /b /y cni.exe flannel.exe >nul || exit /b 1",
    "",
  ]);
});
