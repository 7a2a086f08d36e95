using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Options;

namespace WunderProxy.Configuration;

/// <summary>
/// Parses networks as people write them: <c>10.0.0.0/8</c> or a single address; for trust also <c>private</c> and
/// <c>none</c>.
/// </summary>
internal static class TrustText
{
    /// <summary>The expected format of a network, shown in error messages.</summary>
    public const string ExpectedNetwork = "a network such as 10.0.0.0/8, or an address";

    /// <summary>The expected format of a trust option, shown in error messages.</summary>
    public const string Expected = ExpectedNetwork + ", or private, or none";

    /// <summary>The word that means no network.</summary>
    public const string None = "none";

    /// <summary>The word that means loopback and the private ranges.</summary>
    public const string Private = "private";

    /// <summary>Parses one network and clears the bits beyond its mask.</summary>
    public static bool TryParseNetwork(string text, out IPNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/');
        if (!IPAddress.TryParse(slash < 0 ? text : text[..slash], out var address))
        {
            return false;
        }

        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), out var length) || length < 0 || length > bits))
        {
            return false;
        }

        var prefixLength = slash < 0 ? bits : int.Parse(text.AsSpan(slash + 1));
        network = new IPNetwork(Masked(address, prefixLength), prefixLength);
        return true;
    }

    /// <summary>Parses a network or one of the two words; <c>none</c> gives no networks.</summary>
    public static bool TryParse(string text, out IReadOnlyList<IPNetwork> networks)
    {
        networks = text == Private ? ForwarderOptions.PrivateNetworks : [];
        if (text is Private or None)
        {
            return true;
        }

        var isNetwork = TryParseNetwork(text, out var network);
        networks = isNetwork ? [network] : [];
        return isNetwork;
    }

    private static IPAddress Masked(IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = prefixLength; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes);
    }
}
