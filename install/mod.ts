/**
 * Puts the program in place: `cni install` and `cni uninstall`.
 *
 * @module
 */
export { installApplet, type InstallContext } from "./install_applet.ts";
export type { Library } from "./own_library.ts";
