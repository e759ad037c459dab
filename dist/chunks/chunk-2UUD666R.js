import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);
import{a as r}from"./chunk-SEV25LCZ.js";function t(n){return n.join("\0")}r(t,"inOneText");function i(n){return n===""?[]:n.split("\0")}r(i,"pathsIn");export{t as a,i as b};
