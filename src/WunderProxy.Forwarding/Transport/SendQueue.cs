using System.Runtime.InteropServices;

namespace WunderProxy.Forwarding.Transport;

/// <summary>Asks the kernel how many bytes of a connection it still holds.</summary>
internal static unsafe partial class SendQueue
{
    // SIOCOUTQ (tcp(7), unix(7)), which has the same number on all machines that .NET runs on.
    private const uint BytesRequest = 0x5411;

    /// <summary>
    /// Returns the number of bytes that were sent and that the remote end has not acknowledged; 0 where the kernel does
    /// not tell.
    /// </summary>
    public static int BytesOf(int descriptor)
    {
        int bytes;
        return OperatingSystem.IsLinux() && Control(descriptor, BytesRequest, &bytes) == 0 ? bytes : 0;
    }

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int descriptor, nuint request, int* value);
}
