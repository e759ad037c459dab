import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);
import{e as r,h as e}from"./chunk-QIVOTUVH.js";import"./chunk-2LG7B5UR.js";import{c as o,va as n}from"./chunk-OXW3E2OX.js";import"./chunk-IDNBAV3J.js";import"./chunk-YBXSXPNK.js";import"./chunk-YDZSLCDF.js";import"./chunk-6U64GQIB.js";import"./chunk-MFDEGOYZ.js";import"./chunk-56PCSBSC.js";import{B as a}from"./chunk-FZSNIJGK.js";import"./chunk-2UUD666R.js";import{a as i}from"./chunk-SEV25LCZ.js";var d=`
It writes r3mes-manifest.json into the folder: path, size in bytes and SHA-256 of each file. Publish it beside them.

Examples:
  r3mes manifest ./my-model         manifest:<64 hexadecimal digits>, which the record has to carry
  r3mes manifest ./my-model --json  digest, path, number of files and bytes`;function u(){return new r("manifest").description("Write the artifact manifest of a folder, and print the digest that a record has to carry.").argument("<folder>","Folder that holds the files of one artifact.").option("--json","Print the result as JSON.").addHelpText("after",d).action(async(s,{json:m})=>{let t=await n(s);if(m===!0){await e(a(t));return}let f=`${t.files} files, ${o(t.size)}`;await e(`${t.digest}
${f}: ${t.path}`)})}i(u,"manifestCommand");export{u as manifestCommand};
