"""The role templates that Microsoft documents as privileged, for days Graph could not say, and
those that its advice on MFA names."""

PRIVILEGED_ROLES = frozenset(
    {
        "62e90394-69f5-4237-9190-012177145e10",
        "e8611ab8-c189-46e8-94e1-60213ab1f814",
        "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
        "194ae4cb-b126-40b2-bd5b-6091b380977d",
        "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
        "158c047a-c907-4556-b7ef-446551a6b5f7",
        "c4e39bd9-1100-46d3-8c65-fb160da0071f",
        "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
        "fe930be7-5e62-47db-91af-98c3a49a38b1",
        "729827e3-9c14-49f7-bb1b-9608f156bbb8",
        "966707d0-3269-4727-9be2-8c3a10f19b9d",
        "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2",
        "3a2c62db-5318-420d-8d74-23affee5d9d5",
        "8329153b-31d0-4727-b945-745eb3bc5f31",
        "be2f45a1-457d-42af-a067-6ec1fa63bc45",
        "9360feb5-f418-4baa-8175-e2a00bac4301",
        "cf1c38e5-3621-4004-a7cb-879624dced7c",
        "7698a772-787b-4ac8-901f-60d6b08affd2",
        "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
        "5d6b6bb7-de71-4623-b4af-96380a352509",
        "5f2222b1-57c3-48ba-8ad5-d4759f1fde6f",
        "45d8d3c5-c802-45c6-b32a-1d70b5e1e86e",
        "59d46f88-662b-457b-bceb-5c3809e5908f",
        "ecb2c6bf-0ab6-418e-bd87-7986f8d63bbe",
        "422218e4-db15-4ef9-bbe0-8afb41546d79",
        "25a516ed-2fa0-40ea-a2d0-12923a21473a",
        "0b00bede-4072-4d22-b441-e7df02a1ef63",
        "aaf43236-0c0d-4d5f-883a-6955382ac081",
        "4ba39ca4-527c-499a-b93d-d9b492c50246",
        "e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8",
        "1981f584-96e9-4a6f-95b0-f522373f8fae",
        "db506228-d27e-4b7d-95e5-295956d6615f",
        "d2562ede-74db-457e-a7b6-544e236ebb61",
        "1fe13547-53f6-408d-ac04-7f8eed167b38",
    }
)

# Who holds one of these is an administrator wherever MFA is judged: Microsoft's template of the
# policy for administrators, the two that security defaults add, and the one for Teams.
ADMINISTRATOR_ROLES = frozenset(
    {
        "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
        "c4e39bd9-1100-46d3-8c65-fb160da0071f",
        "0526716b-113d-4c15-b2c8-68e3c22b9f80",
        "b0f54661-2d74-4c50-afa3-1ec803f12efe",
        "158c047a-c907-4556-b7ef-446551a6b5f7",
        "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
        "29232cdf-9323-42fd-ade2-1d097af3e4de",
        "62e90394-69f5-4237-9190-012177145e10",
        "729827e3-9c14-49f7-bb1b-9608f156bbb8",
        "45d8d3c5-c802-45c6-b32a-1d70b5e1e86e",
        "966707d0-3269-4727-9be2-8c3a10f19b9d",
        "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
        "e8611ab8-c189-46e8-94e1-60213ab1f814",
        "194ae4cb-b126-40b2-bd5b-6091b380977d",
        "f28a1f50-f6e7-4571-818b-6a12f2af6b6c",
        "69091246-20e8-4a56-aa4d-066075b2a7a8",
        "fe930be7-5e62-47db-91af-98c3a49a38b1",
    }
)

# Global Reader and Security Reader.
SECURITY_READERS = frozenset(
    {"f2ef992c-3afb-46b9-b7cf-a126ee74c451", "5d6b6bb7-de71-4623-b4af-96380a352509"}
)
