namespace WunderProxy.Configuration;

/// <summary>Parses modes of socket files as chmod(1) writes them: octal, <c>660</c> or <c>0660</c>.</summary>
internal static class FileModeText
{
    /// <summary>The expected format, shown in error messages.</summary>
    public const string Expected = "an octal mode from 0600 to 0777, such as 0660, that lets the owner read and write";

    private const int MaxLength = 4;
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Parses a mode. Only the nine bits of owner, group and others are allowed, and the owner must keep access.
    /// </summary>
    public static bool TryParse(string text, out UnixFileMode mode)
    {
        mode = default;
        var digits = text.Length == MaxLength && text[0] == '0' ? text[1..] : text;
        if (digits.Length != MaxLength - 1 || !digits.All(digit => digit is >= '0' and <= '7'))
        {
            return false;
        }

        mode = (UnixFileMode)Convert.ToInt32(digits, fromBase: 8);
        return mode.HasFlag(Owner);
    }
}
