# Starts this workspace's pibuild, with every argument as it is: Node.js 24, the dependencies and the
# build are brought where they are missing. An unquoted `--` is PowerShell's own: write '--'.
$ErrorActionPreference = 'Stop'
$node = Get-Command node -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
if (-not $node) {
    [Console]::Error.WriteLine('error: Node.js was not found on PATH')
    [Console]::Error.WriteLine('hint: install Node.js 20 or newer; pibuild brings the rest')
    exit 4
}
$list = @($args | ForEach-Object { "$_" })
# Windows PowerShell 5 drops empty arguments and inner quotes of a command line; not of a variable.
$env:PIBUILD_ARGUMENTS = ConvertTo-Json -Compress -InputObject $list
try {
    & $node.Source "$PSScriptRoot/tools/setup/with-toolchain.mjs" pibuild
    exit $LASTEXITCODE
} finally {
    Remove-Item Env:PIBUILD_ARGUMENTS
}
