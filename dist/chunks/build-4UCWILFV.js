import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);
import{e as a}from"./chunk-VWHIRFHF.js";import"./chunk-SEV25LCZ.js";export default a();
