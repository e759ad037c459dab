import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);
import{a,b,c,d,e}from"./chunks/chunk-LJ5DIBJT.js";import"./chunks/chunk-YYMI46TH.js";import"./chunks/chunk-MFDEGOYZ.js";import"./chunks/chunk-SEV25LCZ.js";export{b as jsonRpcClient,c as missingHeight,a as parseRpcUrls,e as readFromChain,d as rpcStoreReader};
