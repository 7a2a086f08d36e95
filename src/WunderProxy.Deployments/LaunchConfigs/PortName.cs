using System.Globalization;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// A container port as the engine writes it, such as <c>9292/tcp</c>; without a protocol it is a TCP port.
/// </summary>
/// <param name="Number">Number of the port, 1 to 65535.</param>
/// <param name="Protocol">The protocol, in lower case.</param>
internal readonly record struct PortName(int Number, string Protocol)
{
    private const int MaxPort = 65535;

    public bool IsTcp => Protocol is "tcp";

    public static bool TryParse(string text, out PortName port)
    {
        var slash = text.IndexOf('/');
        var digits = slash < 0 ? text : text[..slash];
        var protocol = slash < 0 ? "tcp" : text[(slash + 1)..].ToLowerInvariant();
        var isPort = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is > 0 and <= MaxPort && protocol is "tcp" or "udp" or "sctp";
        port = isPort ? new PortName(number, protocol) : default;
        return isPort;
    }

    public override string ToString() => $"{Number}/{Protocol}";
}
