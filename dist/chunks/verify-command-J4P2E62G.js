import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);
import{c as O,d as V,e as j,f as A,g as H}from"./chunk-ACKAV36W.js";import{a as C,b as T,c as x}from"./chunk-A7ENFJ6M.js";import{b as F}from"./chunk-H4XOTMTF.js";import{b as L}from"./chunk-LABCZ55S.js";import{b as c,e as S,g as f,h as m,i as k}from"./chunk-QIVOTUVH.js";import"./chunk-EQJQMH4G.js";import{d as E}from"./chunk-2LG7B5UR.js";import{a as g,m as b}from"./chunk-F6RNOGEK.js";import{e as y,f as w,u as v}from"./chunk-OXW3E2OX.js";import"./chunk-IDNBAV3J.js";import"./chunk-YBXSXPNK.js";import"./chunk-YDZSLCDF.js";import"./chunk-6U64GQIB.js";import"./chunk-MFDEGOYZ.js";import"./chunk-56PCSBSC.js";import{B as u}from"./chunk-FZSNIJGK.js";import"./chunk-2UUD666R.js";import{a as s}from"./chunk-SEV25LCZ.js";import{setFlagsFromString as D}from"node:v8";var I=`
What a file is:
  ok          its bytes are what they should be
  missing     the usage index or a receipt names it, and it is not there
  corrupt     its bytes are wrong; it was moved to blobs/quarantine, and no path leads to it any more
  foreign     no run has put it there; it is left alone
  unapproved  its bytes are right, but the chain does not approve them now

Whether artifacts are still approved is asked only when \`rpc-urls\` or a lockfile is named.
Exit code 7 when a file is corrupt or missing, 3 when one is not approved any more, that of the reason when the chain was to
be asked and could not, else 0.

Examples:
  r3mes verify                    what stands under final paths
  r3mes verify --all              every blob as well
  r3mes verify --older-than 7d    every night a part: files of 256 KiB and more are left out when they were checked
                                  within seven days and are the very same since`,P=1e3;function J(t){let e=y(t);if(e!==void 0)return e;throw w(t)?new c("A duration of 0 leaves nothing out. Leave --older-than away instead."):new c("This is a duration such as 7d, 36h or 1h30m.")}s(J,"parseAge");var N={ok:"green",missing:"red",corrupt:"red",foreign:"dim",unapproved:"yellow"};async function R(t,e,n){let d=E(process.stdout);for(let o=0;o<e.files.length;o+=P){let a=e.files.slice(o,o+P).flatMap(i=>{let[h="",...r]=O(t,i);return[h.replace(i.state,l=>d(N[i.state],l)),...r]});await f(`${a.join(`
`)}
`)}await m(V(e)),await m(j(e,n))}s(R,"printVerdict");function X(){let t=new S("verify").description("Hash what is in the store and say of each file what it is. Corrupt files go to quarantine.").option("--all","Every blob, too, also those that no artifact uses.").option("--older-than <duration>","Only what was not hashed for so long, such as 7d, or has changed since.",J).option("--json","Print the result as JSON.").addHelpText("after",I);return C(t,!1),t.action(async e=>{D("--semi-space-growth-factor=1");let n=T(F(t),process.env);await L("verify",e.home,async({store:d,reporter:o,signal:a})=>{let i={reporter:o,environment:process.env,signal:a},h=b(d,{reporter:o,signal:a,all:e.all===!0,...e.olderThan===void 0?{}:{olderThan:e.olderThan},...n===void 0?{}:{askApprovals:s(q=>g(q,n,i),"askApprovals")}}),r=await x(a,h);if(o.close(),r===void 0)return;let l=n!==void 0;e.json===!0?await f(`${u(H(r,l),2)}
`):await R(d.home,r,l);let p=A(r);p!==void 0&&(k(v(p)),process.exitCode=p.exitCode)})})}s(X,"verifyCommand");export{X as verifyCommand};
