using System.Runtime.InteropServices;

namespace WunderProxy.Forwarding.Exchanges.Clients;

/// <summary>The three points in time that one client connection may be waiting for at once, in its loop's milliseconds; 0 is none.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Deadlines
{
    /// <summary>For what the client sends: a head, a body, the next request, the end of its stream.</summary>
    public long ClientRead { get; set; }

    /// <summary>For the client to take what we send.</summary>
    public long ClientWrite { get; set; }

    /// <summary>For the upstream's response head, or the end of a pause.</summary>
    public long Response { get; set; }

    /// <summary>The earliest; 0 if there is none.</summary>
    public readonly long Earliest
    {
        get
        {
            var earliest = long.MaxValue;
            earliest = ClientRead != 0 ? Math.Min(earliest, ClientRead) : earliest;
            earliest = ClientWrite != 0 ? Math.Min(earliest, ClientWrite) : earliest;
            earliest = Response != 0 ? Math.Min(earliest, Response) : earliest;
            return earliest == long.MaxValue ? 0 : earliest;
        }
    }
}
