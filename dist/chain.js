import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);
import{a,c as b,d as c,e as d,f as e}from"./chunks/chunk-PMJW6FE2.js";import"./chunks/chunk-UFIJ7Q2A.js";import"./chunks/chunk-SEV25LCZ.js";export{b as jsonRpcClient,c as missingHeight,a as parseRpcUrls,e as readFromChain,d as rpcStoreReader};
