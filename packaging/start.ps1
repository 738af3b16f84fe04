# Starts OCR Studio on Windows, after installing what is missing. The counterpart of start.sh.
#   powershell -ExecutionPolicy Bypass -File packaging\start.ps1                    opens the window
#   powershell -ExecutionPolicy Bypass -File packaging\start.ps1 read PHOTO ...     prints the text of photos
#
# NOT YET TESTED ON WINDOWS. Written for Windows 10 and 11, 64-bit, PowerShell 5.1 or newer.
#
#   OCR_STUDIO_VENV    folder of the virtual environment (default: .venv in the checkout)
#   OCR_STUDIO_PYTHON  python.exe to create it with (default: the first suitable one)

$ErrorActionPreference = "Stop"
# Otherwise packages of another environment would be used.
Remove-Item Env:PYTHONPATH, Env:PYTHONHOME -ErrorAction SilentlyContinue

$Checkout = Split-Path -Parent $PSScriptRoot
$Venv = if ($env:OCR_STUDIO_VENV) { $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($env:OCR_STUDIO_VENV) } else { Join-Path $Checkout ".venv" }
$Python = Join-Path $Venv "Scripts\python.exe"
$Lock = Join-Path $Checkout "packaging\requirements.txt"
$Ready = Join-Path $Venv ".ready-run"
$Unfinished = Join-Path $Venv ".unfinished"

# Standard output belongs to the program.
function Say([string]$Text) { [Console]::Error.WriteLine("ocr-studio setup: $Text") }

function Fail([string]$Text) {
    Say $Text
    exit 1
}

# Runs a program with its standard output redirected to standard error; returns its exit status.
function Invoke-Quietly([string]$Program, [string[]]$Arguments) {
    $ErrorActionPreference = "Continue"
    & $Program @Arguments 2>&1 | ForEach-Object { [Console]::Error.WriteLine("$_") }
    return $LASTEXITCODE
}

# The version of a 64-bit CPython that TensorFlow supports, or nothing.
function Get-FittingVersion([string[]]$Command) {
    $ErrorActionPreference = "Continue"
    $Ask = "import sys; print('%d.%d.%d' % sys.version_info[:3] if sys.implementation.name == 'cpython' and sys.maxsize > 2**32 else '')"
    $Program = $Command[0]
    $Before = @($Command | Select-Object -Skip 1)
    if (-not (Get-Command $Program -ErrorAction SilentlyContinue)) { return $null }
    $Version = & $Program @Before -I -S -c $Ask 2>$null
    if ("$Version" -match "^3\.(11|12|13)\.") { return "$Version" }
    return $null
}

function Find-Python {
    $Candidates = @(@("py", "-3.13"), @("py", "-3.12"), @("py", "-3.11"), @("python", $null), @("python3", $null))
    if ($env:OCR_STUDIO_PYTHON) { $Candidates = @(, @($env:OCR_STUDIO_PYTHON, $null)) + $Candidates }
    foreach ($Candidate in $Candidates) {
        $Command = @($Candidate | Where-Object { $_ })
        if (Get-FittingVersion $Command) { return , $Command }
    }
    Fail "Python 3.11, 3.12 or 3.13 (64-bit) is required (TensorFlow doesn't support others yet). Install one from https://www.python.org/downloads/windows/ and start again."
}

# What the environment was created from. If the checkout, lock file or Python changes, it is updated.
function Get-Stamp {
    $Files = @("pyproject.toml", "packaging\start.ps1", "packaging\requirements.txt")
    $Hashes = $Files | ForEach-Object { (Get-FileHash (Join-Path $Checkout $_) -Algorithm SHA256).Hash }
    return (@($Checkout, $Venv, (Get-FittingVersion @($Python))) + $Hashes) -join "`n"
}

function Test-Ready {
    return (Test-Path $Ready) -and (Test-Path $Python) -and ((Get-Content $Ready -Raw).Trim() -eq (Get-Stamp).Trim())
}

function New-Environment {
    $Broken = (Test-Path $Unfinished) -or ((Test-Path "$Venv\pyvenv.cfg") -and -not (Get-FittingVersion @($Python)))
    if ($Broken) {
        Say "the environment in $Venv is incomplete; recreating it"
        Remove-Item -Recurse -Force $Venv
    }
    if ((Test-Path $Venv) -and -not (Test-Path "$Venv\pyvenv.cfg") -and (Get-ChildItem -Force $Venv)) {
        Fail "$Venv exists but is not a virtual environment. Move it, or set OCR_STUDIO_VENV to another folder."
    }
    if (-not (Test-Path "$Venv\pyvenv.cfg")) {
        $Command = @(Find-Python)
        $Program = $Command[0]
        $Before = @($Command | Select-Object -Skip 1)
        Say "[1/2] creating a virtual environment in $Venv"
        New-Item -ItemType Directory -Force $Venv | Out-Null
        New-Item -ItemType File -Force $Unfinished | Out-Null
        if ((Invoke-Quietly $Program ($Before + @("-m", "venv", $Venv))) -ne 0) {
            Fail "$Program could not create a virtual environment in $Venv."
        }
    }
    New-Item -ItemType File -Force $Unfinished | Out-Null
}

function Install-Packages {
    Say "[2/2] installing Python packages, verified by hash (about 600 MB the first time)"
    $Pip = @("-m", "pip", "--disable-pip-version-check", "install", "--no-user", "--no-deps")
    if ((Invoke-Quietly $Python ($Pip + @("--require-hashes", "--only-binary", ":all:", "--no-warn-script-location", "-r", $Lock))) -ne 0) {
        Fail "could not install the Python packages (see pip's message above). Check the network, then start again."
    }
    Remove-Item $Unfinished
    if ((Invoke-Quietly $Python ($Pip + @("--quiet", "--no-build-isolation", "--editable", $Checkout))) -ne 0) {
        Fail "could not install the program itself (see pip's message above)."
    }
}

if (-not (Test-Ready)) {
    # If two are started at once, the second waits for the first.
    $Text = [Text.Encoding]::UTF8.GetBytes($Venv.ToLowerInvariant())
    $Name = [BitConverter]::ToString([Security.Cryptography.SHA256]::Create().ComputeHash($Text)).Replace("-", "")
    $Mutex = New-Object Threading.Mutex($false, "ocr-studio-$Name")
    try { $Mutex.WaitOne() | Out-Null } catch [Threading.AbandonedMutexException] { Say "an earlier setup was interrupted" }
    try {
        if (-not (Test-Ready)) {
            Say "setting up after an update or for the first start. This takes a few minutes."
            Remove-Item "$Venv\.ready-*" -ErrorAction SilentlyContinue
            New-Environment
            Install-Packages
            [IO.File]::WriteAllText($Ready, (Get-Stamp))
            Say "ready."
        }
    } finally {
        $Mutex.ReleaseMutex()
    }
}
& (Join-Path $Venv "Scripts\ocr-studio.exe") @args
exit $LASTEXITCODE
