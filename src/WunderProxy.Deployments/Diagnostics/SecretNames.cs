namespace WunderProxy.Deployments.Diagnostics;

/// <summary>Decides by the name of a variable, option or label whether its value is secret.</summary>
internal static class SecretNames
{
    private static readonly string[] Parts =
    [
        "KEY", "SECRET", "TOKEN", "PASS", "CREDENTIAL", "DSN", "PWD", "JWT", "COOKIE", "SESSION", "PRIVATE", "SALT",
        "SIGNATURE", "SIGNING", "BEARER", "CRYPT", "CIPHER", "HMAC", "WEBHOOK", "MNEMONIC", "CONNECTIONSTRING",
        "CONNECTION_STRING", "CONNECTION-STRING", "CONNSTR", "CONN_STR",
    ];

    /// <summary>Words too short to be looked for inside other words.</summary>
    private static readonly string[] Words = ["PW", "PIN", "OTP", "SIG", "SAS", "PSK", "PEM", "SEED", "CREDS"];

    /// <summary>Variables of the shell that hold folders, not secrets.</summary>
    private static readonly string[] Folders = ["PWD", "OLDPWD"];

    /// <summary>Whether the name of a variable, option or label says that its value is secret.</summary>
    public static bool IsSecret(ReadOnlySpan<char> name)
    {
        foreach (var folder in Folders)
        {
            if (name.Equals(folder, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        foreach (var part in Parts)
        {
            if (name.Contains(part, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return HasAuth(name) || HasWord(name);
    }

    /// <summary>Whether a name contains "auth" as in authentication or authorization, and not as in author.</summary>
    private static bool HasAuth(ReadOnlySpan<char> name)
    {
        for (var rest = name; rest.IndexOf("AUTH", StringComparison.OrdinalIgnoreCase) is >= 0 and var at;)
        {
            rest = rest[(at + 4)..];
            var isAuthor = rest.StartsWith("OR", StringComparison.OrdinalIgnoreCase)
                && !rest.StartsWith("ORI", StringComparison.OrdinalIgnoreCase);
            if (!isAuthor)
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasWord(ReadOnlySpan<char> name)
    {
        foreach (var range in name.SplitAny('_', '-', '.', ' ', '/'))
        {
            foreach (var word in Words)
            {
                if (name[range].Equals(word, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
