#!/usr/bin/env -S node --
import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);
Number(process.versions.node.split(".")[0])>=24?await import("./chunks/main-ABM5RWLM.js"):(process.stderr.write(`r3mes needs Node 24 or newer, and this is ${process.version}. Install it from https://nodejs.org, or start the command with a newer node.
`),process.exitCode=2);
