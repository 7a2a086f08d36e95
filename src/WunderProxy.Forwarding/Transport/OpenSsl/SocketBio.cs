using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Transport.OpenSsl;

/// <summary>
/// The kind of BIO (BIO_meth_new(3)) by which OpenSSL receives from a <see cref="TlsWire"/> and writes to it. OpenSSL's
/// own socket BIO cannot report that a receive was short, and sends each record by itself.
/// </summary>
/// <remarks>
/// The callbacks never throw, call no OpenSSL function that could call back, and keep no pointer after they return.
/// </remarks>
internal static unsafe class SocketBio
{
    // Lives as long as the process: connections may use it until then.
    private static readonly nint Method = NewMethod();

    /// <summary>Creates a BIO over the state of a wire, for all sessions of the wire.</summary>
    /// <returns>The BIO, of which the caller has the first reference, or 0 if memory is short.</returns>
    public static nint TryCreate(WireState* state)
    {
        var bio = OpenSslCalls.NewBio(Method);
        if (bio != 0)
        {
            OpenSslCalls.SetBioData(bio, state);
            OpenSslCalls.SetBioInitialized(bio, 1);
        }

        return bio;
    }

    private static nint NewMethod()
    {
        fixed (byte* name = "wunderproxy\0"u8)
        {
            var method = OpenSslCalls.NewBioMethod(OpenSslCalls.GetNewBioIndex() | OpenSslCalls.BioTypeSourceSink, name);
            if (method == 0)
            {
                throw new InvalidOperationException("OpenSSL has no memory for a BIO method.");
            }

            _ = OpenSslCalls.SetBioRead(method, &Read);
            _ = OpenSslCalls.SetBioWrite(method, &Write);
            _ = OpenSslCalls.SetBioControl(method, &Control);
            return method;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(nint bio, byte* buffer, int length)
    {
        OpenSslCalls.ClearBioFlags(bio, OpenSslCalls.BioRetryAll);
        if (buffer == null || length <= 0)
        {
            return 0;
        }

        var received = ((WireState*)OpenSslCalls.GetBioData(bio))->Receive(buffer, length);
        if (received == IoStatus.WouldBlock)
        {
            OpenSslCalls.SetBioFlags(bio, OpenSslCalls.BioRetryRead);
        }

        return Math.Max(received, -1);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(nint bio, byte* bytes, int length)
    {
        OpenSslCalls.ClearBioFlags(bio, OpenSslCalls.BioRetryAll);
        if (bytes == null || length <= 0)
        {
            return 0;
        }

        var taken = ((WireState*)OpenSslCalls.GetBioData(bio))->Append(bytes, length);
        if (taken > 0)
        {
            return taken;
        }

        // Only a flight of handshake messages of more than 64 KiB comes here, from a very long chain of certificates.
        OpenSslCalls.SetBioFlags(bio, OpenSslCalls.BioRetryWrite);
        return -1;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Control(nint bio, int command, nint number, void* pointer) => command switch
    {
        OpenSslCalls.BioCtrlFlush => 1,
        OpenSslCalls.BioCtrlEndOfFile => ((WireState*)OpenSslCalls.GetBioData(bio))->HasEnded ? 1 : 0,
        _ => 0,
    };
}
