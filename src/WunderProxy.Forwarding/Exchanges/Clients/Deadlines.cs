using System.Runtime.InteropServices;

namespace WunderProxy.Forwarding.Exchanges.Clients;

/// <summary>The three points in time that a stream may be waiting for at once, in its loop's milliseconds; 0 is none.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Deadlines
{
    /// <summary>Until when the client has to send bytes: of a head, of a body, or the end of its stream.</summary>
    public long ClientRead { get; set; }

    /// <summary>Until when the client has to take what was sent.</summary>
    public long ClientWrite { get; set; }

    /// <summary>Until when the upstream's response head has to come, or a pause to end.</summary>
    public long Response { get; set; }

    /// <summary>The earliest of the three; 0 if there is none.</summary>
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
