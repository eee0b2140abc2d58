export declare function normalize(path: string | URL): string;
