using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace WunderProxy.Tests.Cli.Watch;

/// <summary>A terminal on which the program runs, with the test in front of it.</summary>
internal sealed partial class PseudoTerminal : IDisposable
{
    private const int ReadAndWrite = 2;
    private const int NoControllingTerminal = 0x100;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly FileStream _near;
    private readonly SafeFileHandle _far;
    private readonly StringBuilder _shown = new();
    private readonly Task _reading;

    public PseudoTerminal()
    {
        var descriptor = Open(ReadAndWrite | NoControllingTerminal);
        if (descriptor < 0 || Grant(descriptor) != 0 || Unlock(descriptor) != 0)
        {
            throw new IOException($"no pseudo terminal: error {Marshal.GetLastPInvokeError()}");
        }

        Path = $"/dev/pts/{Number(descriptor)}";
        _near = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.ReadWrite, bufferSize: 0);

        // Held open, because reading fails while nobody has it open.
        _far = new SafeFileHandle(OpenFile(Path, ReadAndWrite | NoControllingTerminal), ownsHandle: true);
        _reading = Task.Factory.StartNew(Read, TaskCreationOptions.LongRunning);
    }

    /// <summary>Path of the far end.</summary>
    public string Path { get; }

    public string Shown
    {
        get
        {
            lock (_shown)
            {
                return _shown.ToString();
            }
        }
    }

    /// <summary>Starts the program with this terminal as its input and output.</summary>
    public Process Start(string arguments, string? noColour = null, string kind = "xterm")
    {
        var program = System.IO.Path.Combine(AppContext.BaseDirectory, "wunderproxy");
        var start = new ProcessStartInfo("sh", ["-c", $"exec '{program}' {arguments} <{Path} >{Path} 2>&1"]);
        start.Environment["TERM"] = kind;
        start.Environment["NO_COLOR"] = noColour;
        return Process.Start(start)!;
    }

    public void Type(string keys) => _near.Write(Encoding.ASCII.GetBytes(keys));

    public async Task WaitForAsync(string text)
    {
        var watch = Stopwatch.StartNew();
        while (!Shown.Contains(text, StringComparison.Ordinal))
        {
            Assert.That(watch.Elapsed, Is.LessThan(Deadline), $"no {text} in {Shown}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    public void Dispose()
    {
        _far.Dispose();
        _reading.Wait(Deadline);
        _near.Dispose();
    }

    private void Read()
    {
        var buffer = new byte[4096];
        var characters = new char[4096];
        var decoder = Encoding.UTF8.GetDecoder();
        try
        {
            while (_near.Read(buffer) is > 0 and var read)
            {
                var decoded = decoder.GetChars(buffer, 0, read, characters, 0);
                lock (_shown)
                {
                    _shown.Append(characters, 0, decoded);
                }
            }
        }
        catch (IOException)
        {
            // Nobody has the far end open any more.
        }
    }

    private static int Number(int descriptor) => Control(descriptor, 0x80045430, out var number) == 0
        ? number
        : throw new IOException("the pseudo terminal has no number");

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static partial int Open(int flags);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    private static partial int Grant(int descriptor);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static partial int Unlock(int descriptor);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int descriptor, nuint request, out int number);
}
