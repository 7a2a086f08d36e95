using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Hosting;

/// <summary>
/// The access log on standard output. A reader that has gone away is no reason to stop serving, but its lines are lost,
/// and the access-log writer counts them. The runtime's console stream says nothing of a closed pipe, and its file streams
/// write to positions of their own, over what others write to the same file: hence write(2).
/// </summary>
/// <param name="descriptor">Where to write; standard output unless a test says otherwise.</param>
internal sealed partial class StandardOutputLog(SafeHandle? descriptor = null) : IAccessLogSink
{
    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const short Writable = 4;
    private const int ForEver = -1;

    private readonly SafeHandle _output = descriptor ?? new SafeFileHandle(StandardStream.Output, ownsHandle: false);
    private readonly bool _isGiven = descriptor is not null || StandardStream.IsGiven(StandardStream.Output);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> lines)
    {
        if (!_isGiven)
        {
            throw new IOException("standard output: it was closed when the program began");
        }

        while (!lines.IsEmpty)
        {
            var written = Write(_output, lines, lines.Length);
            if (written >= 0)
            {
                lines = lines[(int)written..];
            }
            else
            {
                WaitOrThrow(Marshal.GetLastPInvokeError());
            }
        }
    }

    private void WaitOrThrow(int error)
    {
        if (error == TryAgain)
        {
            // Whoever gave us the pipe has made it non-blocking.
            var wanted = new PollRequest { Descriptor = (int)_output.DangerousGetHandle(), Events = Writable };
            _ = Poll(ref wanted, 1, ForEver);
        }
        else if (error != Interrupted)
        {
            throw new IOException($"standard output: {new Win32Exception(error).Message}");
        }
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeHandle descriptor, ReadOnlySpan<byte> bytes, nint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollRequest request, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
