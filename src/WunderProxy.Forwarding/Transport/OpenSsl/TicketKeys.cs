using System.Security.Cryptography;

namespace WunderProxy.Forwarding.Transport.OpenSsl;

/// <summary>Random keys that encrypt session tickets: 16 bytes of name, 32 for the cipher, 32 for the MAC.</summary>
internal static class TicketKeys
{
    /// <summary>Length of the keys in bytes, the same in every version of OpenSSL since 3.0.</summary>
    public const int Bytes = 80;

    /// <summary>
    /// How long keys are used. A ticket is worth a full handshake when its key has been replaced; the shorter the time,
    /// the less can be decrypted with a key that leaked.
    /// </summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>Returns new keys.</summary>
    public static byte[] Create() => RandomNumberGenerator.GetBytes(Bytes);
}
