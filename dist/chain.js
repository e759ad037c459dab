import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);
import{a,b,c,d,e}from"./chunks/chunk-5HCOGBKB.js";import"./chunks/chunk-UFIJ7Q2A.js";import"./chunks/chunk-MFDEGOYZ.js";import"./chunks/chunk-SEV25LCZ.js";export{b as jsonRpcClient,c as missingHeight,a as parseRpcUrls,e as readFromChain,d as rpcStoreReader};
