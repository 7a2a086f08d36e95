using System.Globalization;
using System.Net;

namespace WunderProxy.Hosting;

/// <summary>
/// Finds the default gateway of the container in which this process runs. Docker's port publishing can show every
/// client as coming from the gateway, so forwarding headers from there prove nothing although its address is private.
/// </summary>
internal static class ContainerGateway
{
    private const string Routes = "/proc/net/route";
    private static readonly string[] ContainerMarks = ["/.dockerenv", "/run/.containerenv"];

    /// <summary>Returns the gateway's address, or null outside a container or without a gateway.</summary>
    public static IPAddress? Find() =>
        ContainerMarks.Any(File.Exists) && File.Exists(Routes) ? Parse(File.ReadLines(Routes)) : null;

    /// <summary>
    /// Parses the first default route of <c>/proc/net/route</c> (proc(5)), which is hexadecimal in the machine's byte
    /// order.
    /// </summary>
    internal static IPAddress? Parse(IEnumerable<string> lines)
    {
        foreach (var line in lines.Skip(1))
        {
            var fields = line.Split('\t', StringSplitOptions.TrimEntries);
            if (fields.Length > 7 && fields[1] == "00000000" && fields[7] == "00000000"
                && uint.TryParse(fields[2], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var gateway)
                && gateway != 0)
            {
                return new IPAddress(gateway);
            }
        }

        return null;
    }
}
