import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);
import{a,b,c,d,e,f}from"./chunks/chunk-E3YUUQA2.js";import"./chunks/chunk-YYMI46TH.js";import"./chunks/chunk-MFDEGOYZ.js";import"./chunks/chunk-SEV25LCZ.js";export{b as jsonRpcClient,d as missingHeight,a as parseRpcUrls,f as readFromChain,c as rpcFacts,e as rpcStoreReader};
